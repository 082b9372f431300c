"""One function per URL: the customer's pages in `customer`, the office's in `office` and `desk`."""
