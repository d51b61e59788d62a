"""amoCRM: the leads of one account, enquiries when they come and orders when they are won."""
