"""Compare a saved copy of the vendor's page with openapi.yaml.

    saved page ──html, markdown, text──▶ blocks ──page──▶ Contract ─┐
    openapi.yaml ──────────────description──────────────▶ Contract ─┴─compare──▶ differences

A reader knows one form and no meaning; `page` knows the meaning, in both languages, and no form.
"""
