# A text as strings of C: each line one.
s/[\\"]/\\&/g
s/.*/"&\\n"/
