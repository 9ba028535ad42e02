/// How a tensor's elements are encoded (`ggml_type`, 32 bits): in blocks of so many elements, each of so many bytes.
///
/// The numbers are those of ggml at the end of 2026: `ggml.h` and the sizes of `gguf-py/gguf/constants.py`. The table
/// of the specification ends at 39. Numbers that ggml gave up (4, 5, 31 to 33, 36 to 38) are unknown, and so is each
/// new one until it stands here.
struct GGUFTensorType: Equatable {
  let elementsPerBlock: UInt64
  let bytesPerBlock: UInt64

  init(parsing number: UInt32) throws(ModelFileError) {
    guard let type = Self.types[number] else { throw .malformed("tensor type \(number) is unknown") }
    self = type
  }

  private init(_ elementsPerBlock: UInt64, _ bytesPerBlock: UInt64) {
    self.elementsPerBlock = elementsPerBlock
    self.bytesPerBlock = bytesPerBlock
  }

  private static let types: [UInt32: GGUFTensorType] = [
    0: GGUFTensorType(1, 4),  // F32
    1: GGUFTensorType(1, 2),  // F16
    2: GGUFTensorType(32, 18),  // Q4_0
    3: GGUFTensorType(32, 20),  // Q4_1
    6: GGUFTensorType(32, 22),  // Q5_0
    7: GGUFTensorType(32, 24),  // Q5_1
    8: GGUFTensorType(32, 34),  // Q8_0
    9: GGUFTensorType(32, 36),  // Q8_1
    10: GGUFTensorType(256, 84),  // Q2_K
    11: GGUFTensorType(256, 110),  // Q3_K
    12: GGUFTensorType(256, 144),  // Q4_K
    13: GGUFTensorType(256, 176),  // Q5_K
    14: GGUFTensorType(256, 210),  // Q6_K
    15: GGUFTensorType(256, 292),  // Q8_K
    16: GGUFTensorType(256, 66),  // IQ2_XXS
    17: GGUFTensorType(256, 74),  // IQ2_XS
    18: GGUFTensorType(256, 98),  // IQ3_XXS
    19: GGUFTensorType(256, 50),  // IQ1_S
    20: GGUFTensorType(32, 18),  // IQ4_NL
    21: GGUFTensorType(256, 110),  // IQ3_S
    22: GGUFTensorType(256, 82),  // IQ2_S
    23: GGUFTensorType(256, 136),  // IQ4_XS
    24: GGUFTensorType(1, 1),  // I8
    25: GGUFTensorType(1, 2),  // I16
    26: GGUFTensorType(1, 4),  // I32
    27: GGUFTensorType(1, 8),  // I64
    28: GGUFTensorType(1, 8),  // F64
    29: GGUFTensorType(256, 56),  // IQ1_M
    30: GGUFTensorType(1, 2),  // BF16
    34: GGUFTensorType(256, 54),  // TQ1_0
    35: GGUFTensorType(256, 66),  // TQ2_0
    39: GGUFTensorType(32, 17),  // MXFP4
    40: GGUFTensorType(64, 36),  // NVFP4
    41: GGUFTensorType(128, 18),  // Q1_0
    42: GGUFTensorType(64, 18),  // Q2_0
  ]
}
