"""Derivatives, written by dvec 0.1.0. Every argument is a two-dimensional array, or a number."""
import numpy as np


def derivatives(X, y, b):
    N = X.shape[0]
    e = y-X @ b
    return {
        "grad_R_b": -2*X.T @ e/N,
        "jac_e_b": -X,
    }
