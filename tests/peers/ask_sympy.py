#!/usr/bin/env python3
"""Asks the installed SymPy what tests/peers/cases.json records of it, and prints where it differs.

    python3 tests/peers/ask_sympy.py [ID ...]      needs SymPy; 1.14.0 gives the recorded answers
"""
import json
import pathlib
import signal
import sys
import warnings

import sympy
from sympy import *  # noqa: F403  the inputs are SymPy texts
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalOf  # noqa: F401

n, m, p, N, k = symbols("n m p N k", positive=True, integer=True)
X, A, B, S = (MatrixSymbol(name, n, n) for name in "XABS")
P, D, G, C = MatrixSymbol("P", n, m), MatrixSymbol("D", N, m), MatrixSymbol("G", m, p), MatrixSymbol("C", N, p)
x, y, a, b = (MatrixSymbol(name, n, 1) for name in "xyab")
w, g2 = MatrixSymbol("w", m, 1), MatrixSymbol("g2", p, 1)
yN, cN = MatrixSymbol("yN", N, 1), MatrixSymbol("cN", N, 1)
gam, bet = MatrixSymbol("gam", 1, p), MatrixSymbol("bet", 1, p)
n1, N1 = OneMatrix(n, 1), OneMatrix(N, 1)
t, s, sigma = symbols("t s sigma", positive=True)
u = symbols("u")
relu, sp = Lambda(u, Max(u, 0)), Lambda(u, log(1 + exp(u)))
HP, KP, tr, det, inv = HadamardProduct, KroneckerProduct, Trace, Determinant, Inverse


def F(f, M):
    return M.applyfunc(f)


def sc(M):
    return M[0, 0]


def batch_norm(divisor):
    centred = D * G - N1 * (N1.T * (D * G)) / N
    variance = (N1.T * HadamardPower(centred, 2)) / divisor
    return HP(N1 * gam, HP(centred, N1 * HadamardPower(variance, Rational(-1, 2)))) + N1 * bet


BN = batch_norm(N)
e = yN - F(tanh, batch_norm(N - 1)) * g2


def ask(text):
    def stop(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    try:
        return str(eval(text)).replace("Lambda(_d, ", "λ(")
    except BaseException as error:  # whatever it raises is its answer
        return type(error).__name__
    finally:
        signal.alarm(0)


warnings.simplefilter("ignore")
cases = json.loads((pathlib.Path(__file__).parent / "cases.json").read_text())
wanted = [c for c in cases if "sympy" in c and (len(sys.argv) == 1 or c["id"] in sys.argv[1:])]
same = 0
for c in wanted:
    recorded, got = c["answers"][0]["answer"], ask(c["sympy"])
    if got == recorded or (recorded.endswith(" …") and got.startswith(recorded[:-2])):
        same += 1
    else:
        print(f'{c["id"]}: {c["sympy"]}\n    recorded  {recorded}\n    answered  {got}')
print(f"SymPy {sympy.__version__}: {same} of {len(wanted)} as recorded")
