"""Is anything that may be wrong with the library seen? Hundreds of wrong versions of it, and how many are caught."""
