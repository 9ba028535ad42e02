/// AWS Nitro Enclaves: the attestation document and the chain of the key that signed it.
public enum Nitro {}
