"""The data of the report's application, as blocks of text that stand in the page.

``harness/report/app/src/payload.ts`` tells its shapes. A block is base64 of gzip of JSON: base64
has no character that HTML knows, so that nothing in a block can end it.
"""
