"""What any API of the vendor needs: credentials, where they come from, and the signature."""
