"""Suggest conversations for a prompt: a judge proposes them, and a person decides.

A judge's reply is anybody's text. It is read as data, bounded, checked as a spec checks what it
holds, and written with a mark that no spec loads until somebody has removed it.
"""
