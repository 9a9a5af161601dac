"""The people to whom somebody gives, with or without an account: birthdays, sizes, what they like (docs/people.md)."""
