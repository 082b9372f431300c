"""One function per URL, one file per subject."""
