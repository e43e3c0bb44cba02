"""One person once (名寄せ): who is probably the same, who decides it, how it is taken back."""
