"""VK: posts, followers and daily statistics of one community. See README.md beside this file."""
