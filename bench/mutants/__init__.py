"""Break the product on purpose, one line at a time, and see which test notices."""
