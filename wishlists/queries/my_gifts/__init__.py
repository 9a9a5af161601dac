"""What a giver reserved and paid, on all lists: for their page and for a spreadsheet."""
