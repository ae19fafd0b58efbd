"""Series made on the spot: practice data sets, their defect variants, and the anatomy in them."""
