/// NVIDIA GPUs and switches: the SPDM measurement report and the device's certificate chain.
public enum NVIDIA {}
