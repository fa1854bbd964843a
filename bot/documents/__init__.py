"""Documents: minutes and the like as Word, PDF and web page, each drawn from the same context.

A context is a plain dict of texts, lists and dicts. Every word in it is final: in the document's language, with dates
and numbers written. Rendering is heavy and is the worker's: of all this the server itself imports `context` alone.
"""
