"""An assessment told in many forms. Everything here is pure: an `Assessment` and the `Catalog` in, text out."""
