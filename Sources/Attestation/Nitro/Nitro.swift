/// AWS Nitro Enclaves: the attestation document and the chain of the key that signed it (docs/evidence/nitro.md).
public enum Nitro {}
