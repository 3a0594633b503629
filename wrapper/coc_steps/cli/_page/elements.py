"""HTML elements, built as a tree so that the serialiser escapes every text."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

Child = Element | str | None


def element(tag: str, *children: Child, **attributes: str | int | None) -> Element:
    """Return an element. What is None, among its children or attributes, is left out.

    Underscores in the names of attributes become hyphens, and at the end are taken off.
    """
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(name.rstrip("_").replace("_", "-"), str(value))
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


def html(*elements: Element) -> str:
    """Return elements as HTML."""
    return "\n".join(tostring(each, "unicode", method="html") for each in elements)
