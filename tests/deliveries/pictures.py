"""Photos as phones make them, for tests."""

from io import BytesIO

from PIL import Image

MAKE, GPS = 0x010F, 0x8825


def jpeg(width: int = 1600, height: int = 1200) -> bytes:
    """A photo that says who made it, and where."""
    exif = Image.Exif()
    exif[MAKE] = "a phone"
    exif.get_ifd(GPS)[1] = "N"
    exif[0x0112] = 6  # lies on its side
    written = BytesIO()
    Image.new("RGB", (width, height), "blue").save(written, "JPEG", exif=exif)
    return written.getvalue()
