"""What people look at before they say yes: traces, reviews, comparisons. Reads everything, decides nothing."""
