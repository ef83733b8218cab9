# Nothing is declared: being here has the rows' formulas compiled, which every backward pass calls.
