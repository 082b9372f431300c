"""Three of tokens.css's colours in hex, for what reads no stylesheet: the manifest, the browser's bar, the icons."""

BOARD = "#0b5394"  # the shop's signboard
GROUND = "#e9eef1"  # cylinder grey
PAPER = "#fcfeff"
