"""Getting and making data: practice data sets, the published ones, and how to recognise them."""
