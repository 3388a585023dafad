"""Archive, software bill of materials, manifest, provenance, signature; and the verification of all of them."""
