/// SEV-SNP beneath Azure's paravisor: its report, the runtime data that it binds, and the quote of its virtual TPM.
public enum AzureSNP {}
