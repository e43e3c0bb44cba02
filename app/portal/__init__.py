"""The pages on which patients and contacts report by themselves, and the links that lead there."""
