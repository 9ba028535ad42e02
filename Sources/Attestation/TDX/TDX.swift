/// Intel TDX: the quote, the chain of the key that signed it, and what makes both authentic.
public enum TDX {}
