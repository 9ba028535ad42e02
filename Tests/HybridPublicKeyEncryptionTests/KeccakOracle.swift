/// SHAKE (FIPS 202), which the library does not offer: for `MLKEMOracle` alone.
enum Keccak {
  static func shake(rate: Int, _ input: [UInt8], outputByteCount: Int) -> [UInt8] {
    var padded = input + [0x1F]
    padded += [UInt8](repeating: 0, count: (rate - padded.count % rate) % rate)
    padded[padded.count - 1] |= 0x80
    var state = [UInt64](repeating: 0, count: 25)
    for start in stride(from: 0, to: padded.count, by: rate) {
      for index in 0..<rate { state[index / 8] ^= UInt64(padded[start + index]) << UInt64(index % 8 * 8) }
      permute(&state)
    }
    var output: [UInt8] = []
    while output.count < outputByteCount {
      for index in 0..<rate { output.append(UInt8(truncatingIfNeeded: state[index / 8] >> UInt64(index % 8 * 8))) }
      permute(&state)
    }
    return Array(output.prefix(outputByteCount))
  }

  private static func permute(_ a: inout [UInt64]) {
    var register: UInt8 = 1
    for _ in 0..<24 {
      let parity = (0..<5).map { column in stride(from: column, to: 25, by: 5).reduce(UInt64(0)) { $0 ^ a[$1] } }
      for index in 0..<25 { a[index] ^= parity[(index + 4) % 5] ^ rotate(parity[(index + 1) % 5], 1) }
      var (x, y, moved) = (1, 0, a[1])
      for step in 0..<24 {
        (x, y) = (y, (2 * x + 3 * y) % 5)
        let next = a[x + 5 * y]
        a[x + 5 * y] = rotate(moved, (step + 1) * (step + 2) / 2 % 64)
        moved = next
      }
      for row in stride(from: 0, to: 25, by: 5) {
        let old = Array(a[row..<row + 5])
        for x in 0..<5 { a[row + x] = old[x] ^ (~old[(x + 1) % 5] & old[(x + 2) % 5]) }
      }
      for bit in 0..<7 {
        if register & 1 == 1 { a[0] ^= 1 << UInt64((1 << bit) - 1) }
        register = register << 1 ^ (register & 0x80 == 0 ? 0 : 0x71)
      }
    }
  }

  private static func rotate(_ word: UInt64, _ count: Int) -> UInt64 {
    count == 0 ? word : word << UInt64(count) | word >> UInt64(64 - count)
  }
}
