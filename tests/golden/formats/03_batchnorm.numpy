"""Derivatives, written by dvec 0.1.0. Every argument is a two-dimensional array, or a number."""
import numpy as np


def derivatives(X, y, G1, G2, gamma, beta, a, a_1):
    # a_1 is the derivative of order 1 of a
    N = X.shape[0]
    Z = X @ G1
    mu = np.sum(Z, axis=0, keepdims=True)/N
    sd = np.sqrt(np.sum((Z-np.ones((N, 1)) @ (np.sum(Z, axis=0, keepdims=True)/N))**2, axis=0, keepdims=True)/(N-1))
    Zhat = (Z-np.ones((N, 1)) @ mu)/(np.ones((N, 1)) @ sd)
    B = Zhat*np.kron(gamma, np.ones((N, 1)))+np.kron(beta, np.ones((N, 1)))
    e = y-a(B) @ G2
    dR_dB = -2*(e @ G2.T)*a_1(B)/N
    return {
        "grad_R_gamma": np.sum(Zhat*dR_dB, axis=0, keepdims=True),
        "grad_R_beta": np.sum(dR_dB, axis=0, keepdims=True),
        "grad_R_G1": X.T @ (dR_dB-np.ones((N, 1)) @ np.sum(dR_dB, axis=0, keepdims=True)/N-Zhat*(np.ones((N, 1)) @ np.sum(Zhat*dR_dB, axis=0, keepdims=True))/(N-1)) @ np.diagflat(gamma/sd),
        "grad_R_G2": -2*a(B).T @ e/N,
    }
