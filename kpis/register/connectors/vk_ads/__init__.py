"""VK Ads: daily statistics of the campaigns of one account. See README.md beside this file."""
