import Crypto

/// X-Wing's encapsulation with given randomness, which the library hides: for recomputing vectors, in tests alone.
/// Not in constant time.
enum XWingOracle {
  /// - Parameter randomness: 32 bytes for ML-KEM-768, then an X25519 private key.
  static func encapsulate(
    to publicKey: [UInt8], randomness: [UInt8]
  ) throws -> (sharedSecret: [UInt8], encapsulatedKey: [UInt8]) {
    let lattice = MLKEMOracle.encapsulate(
      to: Array(publicKey.prefix(1184)), randomness: Array(randomness.prefix(32)))
    let recipient = Array(publicKey.suffix(32))
    let ephemeral = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: randomness.suffix(32))
    let ephemeralPublicKey = Array(ephemeral.publicKey.rawRepresentation)
    let agreement = try ephemeral.sharedSecretFromKeyAgreement(
      with: Curve25519.KeyAgreement.PublicKey(rawRepresentation: recipient)
    ).withUnsafeBytes { Array($0) }
    let label = Array(#"\.//^\"#.utf8)
    let sharedSecret = SHA3_256.hash(
      data: lattice.sharedSecret + agreement + ephemeralPublicKey + recipient + label)
    return (Array(sharedSecret), lattice.ciphertext + ephemeralPublicKey)
  }
}

/// ML-KEM-768's encapsulation with given randomness (FIPS 203, algorithm 17), written plainly over `Int`.
enum MLKEMOracle {
  private typealias Polynomial = [Int]
  private static let q = 3329
  private static let rank = 3

  static func encapsulate(
    to key: [UInt8], randomness message: [UInt8]
  ) -> (sharedSecret: [UInt8], ciphertext: [UInt8]) {
    let seeds = Array(SHA3_512.hash(data: message + SHA3_256.hash(data: key)))
    let coins = Array(seeds.suffix(32))
    let t = (0..<rank).map { decode(Array(key[$0 * 384..<($0 + 1) * 384]), bitCount: 12) }
    let rho = Array(key.suffix(32))
    let y = (0..<rank).map { transform(noise(coins, UInt8($0))) }
    var ciphertext: [UInt8] = []
    for i in 0..<rank {
      let column = (0..<rank).map { j in product(uniform(rho + [UInt8(i), UInt8(j)]), y[j]) }
      let u = sum(inverseTransform(column.reduce(zero, sum)), noise(coins, UInt8(rank + i)))
      ciphertext += encode(u.map { compress($0, bitCount: 10) }, bitCount: 10)
    }
    let inner = (0..<rank).map { product(t[$0], y[$0]) }.reduce(zero, sum)
    let mask = decode(message, bitCount: 1).map { $0 * (q + 1) / 2 }
    let v = sum(sum(inverseTransform(inner), noise(coins, UInt8(2 * rank))), mask)
    ciphertext += encode(v.map { compress($0, bitCount: 4) }, bitCount: 4)
    return (Array(seeds.prefix(32)), ciphertext)
  }

  private static let zero = Polynomial(repeating: 0, count: 256)

  private static func sum(_ a: Polynomial, _ b: Polynomial) -> Polynomial { zip(a, b).map { ($0 + $1) % q } }

  private static func compress(_ value: Int, bitCount: Int) -> Int {
    ((value << bitCount) + q / 2) / q & (1 << bitCount - 1)
  }

  private static func bits(_ bytes: [UInt8]) -> [Int] { bytes.flatMap { byte in (0..<8).map { Int(byte) >> $0 & 1 } } }

  private static func decode(_ bytes: [UInt8], bitCount: Int) -> Polynomial {
    let bits = bits(bytes)
    return (0..<256).map { index in
      (0..<bitCount).reduce(0) { $0 | bits[index * bitCount + $1] << $1 }
    }
  }

  private static func encode(_ values: Polynomial, bitCount: Int) -> [UInt8] {
    let bits = values.flatMap { value in (0..<bitCount).map { value >> $0 & 1 } }
    return (0..<bits.count / 8).map { index in
      UInt8((0..<8).reduce(0) { $0 | bits[index * 8 + $1] << $1 })
    }
  }

  /// SampleNTT: 12-bit numbers below q from SHAKE128; 1,680 bytes suffice for every seed in the vectors.
  private static func uniform(_ seed: [UInt8]) -> Polynomial {
    let stream = Keccak.shake(rate: 168, seed, outputByteCount: 1680)
    var values: Polynomial = []
    for index in stride(from: 0, to: stream.count, by: 3) {
      let (a, b, c) = (Int(stream[index]), Int(stream[index + 1]), Int(stream[index + 2]))
      values += [a | (b & 15) << 8, b >> 4 | c << 4].filter { $0 < q }
    }
    return Array(values.prefix(256))
  }

  /// SamplePolyCBD with eta 2, from SHAKE256.
  private static func noise(_ coins: [UInt8], _ counter: UInt8) -> Polynomial {
    let bits = bits(Keccak.shake(rate: 136, coins + [counter], outputByteCount: 128))
    return (0..<256).map { index in
      let b = bits[index * 4..<index * 4 + 4]
      return (b[b.startIndex] + b[b.startIndex + 1] - b[b.startIndex + 2] - b[b.startIndex + 3] + q) % q
    }
  }

  private static func zeta(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { value, _ in value * 17 % q } }

  private static func reverse(_ index: Int) -> Int { (0..<7).reduce(0) { $0 | (index >> $1 & 1) << (6 - $1) } }

  private static func transform(_ polynomial: Polynomial) -> Polynomial {
    var f = polynomial
    var index = 1
    for length in [128, 64, 32, 16, 8, 4, 2] {
      for start in stride(from: 0, to: 256, by: 2 * length) {
        let factor = zeta(reverse(index))
        index += 1
        for j in start..<start + length {
          let t = factor * f[j + length] % q
          f[j + length] = (f[j] - t + q) % q
          f[j] = (f[j] + t) % q
        }
      }
    }
    return f
  }

  private static func inverseTransform(_ polynomial: Polynomial) -> Polynomial {
    var f = polynomial
    var index = 127
    for length in [2, 4, 8, 16, 32, 64, 128] {
      for start in stride(from: 0, to: 256, by: 2 * length) {
        let factor = zeta(reverse(index))
        index -= 1
        for j in start..<start + length {
          let t = f[j]
          f[j] = (t + f[j + length]) % q
          f[j + length] = factor * (f[j + length] - t + q) % q
        }
      }
    }
    return f.map { $0 * 3303 % q }
  }

  private static func product(_ a: Polynomial, _ b: Polynomial) -> Polynomial {
    (0..<128).flatMap { index in
      let (a0, a1, b0, b1) = (a[2 * index], a[2 * index + 1], b[2 * index], b[2 * index + 1])
      let gamma = zeta(2 * reverse(index) + 1)
      return [(a0 * b0 + a1 * b1 % q * gamma) % q, (a0 * b1 + a1 * b0) % q]
    }
  }
}
