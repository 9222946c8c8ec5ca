"""Work in progress, dated: sealed entries written as an artist works, opened later."""
