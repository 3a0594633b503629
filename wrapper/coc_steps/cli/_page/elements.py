"""HTML elements, built as a tree so that the serialiser escapes every text."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

Child = Element | str | None


def element(tag: str, *children: Child, **attributes: str | int | bool | None) -> Element:
    """Return an element.

    Args:
        tag: Its name.
        children: Its elements and texts; None is left out.
        attributes: Its attributes. Underscores at the end are taken off and others become
            hyphens; None and False leave an attribute out, and True gives it no value.
    """
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None and value is not False:
            text = "" if value is True else str(value)
            made.set(name.rstrip("_").replace("_", "-"), text)
    for child in children:
        _append(made, child)
    return made


def _append(parent: Element, child: Child) -> None:
    if isinstance(child, Element):
        parent.append(child)
    elif child and len(parent):
        parent[-1].tail = (parent[-1].tail or "") + child
    elif child:
        parent.text = (parent.text or "") + child


def document(root: Element) -> str:
    """Return a tree as an HTML document."""
    return f"<!DOCTYPE html>\n{tostring(root, 'unicode', method='html')}\n"
