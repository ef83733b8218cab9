# Nothing is declared: being here has the derivatives compiled, which every backward pass calls.
