import BigInt
import Crypto
import Foundation
import WireFormat

/// The group P-384 with plain integers, in variable time: a check on the library, never a part of it.
enum P384Oracle {
  static let field = number(
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff")
  static let order = number(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973")
  static let b = number(
    "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef")
  static let generator = Element(
    x: number("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"),
    y: number("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f"))

  static func number(_ digits: String) -> BigUInt { BigUInt(digits, radix: 16) ?? 0 }

  static func octets(_ number: BigUInt) -> [UInt8] {
    let bytes = Array(number.serialize())
    return [UInt8](repeating: 0, count: max(0, 48 - bytes.count)) + bytes
  }

  static func negative(_ value: BigUInt) -> BigUInt { value == 0 ? 0 : field - value }

  static func squareRoot(_ value: BigUInt) -> BigUInt? {
    let root = value.power((field + 1) / 4, modulus: field)
    return root * root % field == value ? root : nil
  }

  /// x^3 - 3x + b.
  static func curve(_ x: BigUInt) -> BigUInt { (x * x * x + negative(3 * x % field) + b) % field }

  /// A point in Jacobian coordinates; `z` is 0 at infinity.
  struct Element {
    private var x, y, z: BigUInt

    init(x: BigUInt, y: BigUInt) { (self.x, self.y, z) = (x, y, 1) }

    private init(x: BigUInt, y: BigUInt, z: BigUInt) { (self.x, self.y, self.z) = (x, y, z) }

    init?(_ bytes: [UInt8]) {
      guard bytes.count == 49, bytes[0] == 2 || bytes[0] == 3 else { return nil }
      let x = BigUInt(bytes: Array(bytes[1...]))
      guard x < field, let root = squareRoot(curve(x)) else { return nil }
      self.init(x: x, y: root % 2 == BigUInt(bytes[0] & 1) ? root : negative(root))
    }

    static let infinity = Element(x: 1, y: 1, z: 0)

    var isInfinity: Bool { z == 0 }

    /// Compressed, 49 bytes; nothing at infinity.
    var bytes: [UInt8] {
      guard let inverse = z.inverse(field) else { return [] }
      let square = inverse * inverse % field
      let affineY = y * (square * inverse % field) % field
      return [affineY % 2 == 0 ? 2 : 3] + octets(x * square % field)
    }

    private var doubled: Element {
      guard !isInfinity, y != 0 else { return .infinity }
      let delta = z * z % field
      let gamma = y * y % field
      let beta = x * gamma % field
      let alpha = 3 * (x + negative(delta)) * (x + delta) % field
      let newX = (alpha * alpha + negative(8 * beta % field)) % field
      let newY = (alpha * (4 * beta + negative(newX)) + negative(8 * gamma * gamma % field)) % field
      return Element(x: newX, y: newY, z: 2 * y * z % field)
    }

    static func + (left: Element, right: Element) -> Element {
      guard !left.isInfinity else { return right }
      guard !right.isInfinity else { return left }
      let leftSquare = left.z * left.z % field
      let rightSquare = right.z * right.z % field
      let u1 = left.x * rightSquare % field
      let u2 = right.x * leftSquare % field
      let s1 = left.y * (rightSquare * right.z % field) % field
      let s2 = right.y * (leftSquare * left.z % field) % field
      if u1 == u2 { return s1 == s2 ? left.doubled : .infinity }
      let h = (u2 + negative(u1)) % field
      let r = (s2 + negative(s1)) % field
      let hSquare = h * h % field
      let hCube = hSquare * h % field
      let v = u1 * hSquare % field
      let newX = (r * r + negative(hCube) + negative(2 * v % field)) % field
      let newY = (r * (v + negative(newX)) + negative(s1 * hCube % field)) % field
      return Element(x: newX, y: newY, z: h * (left.z * right.z % field) % field)
    }

    static func * (scalar: BigUInt, element: Element) -> Element {
      var sum = Element.infinity
      for index in stride(from: scalar.bitWidth - 1, through: 0, by: -1) {
        sum = sum.doubled
        if (scalar >> index) & 1 == 1 { sum = sum + element }
      }
      return sum
    }
  }
}

extension P384Oracle {
  /// `P384_XMD:SHA-384_SSWU_RO_` of RFC 9380, section 8.3.
  static func hashToGroup(_ message: [UInt8], domain: [UInt8]) -> Element {
    let uniform = expand(message, domain: domain, byteCount: 144)
    let points = [uniform.prefix(72), uniform.suffix(72)].map { map(BigUInt(bytes: Array($0)) % field) }
    return points[0] + points[1]
  }

  static func hashToScalar(_ message: [UInt8], domain: [UInt8]) -> BigUInt {
    BigUInt(bytes: expand(message, domain: domain, byteCount: 72)) % order
  }

  /// `expand_message_xmd` of RFC 9380, section 5.3.1.
  private static func expand(_ message: [UInt8], domain: [UInt8], byteCount: Int) -> [UInt8] {
    let suffix = domain + [UInt8(domain.count)]
    let length = [UInt8(byteCount >> 8), UInt8(byteCount & 0xFF)]
    let first = Array(SHA384.hash(data: [UInt8](repeating: 0, count: 128) + message + length + [0] + suffix))
    var block = Array(SHA384.hash(data: first + [1] + suffix))
    var output = block
    var index: UInt8 = 2
    while output.count < byteCount {
      block = Array(SHA384.hash(data: zip(first, block).map { $0 ^ $1 } + [index] + suffix))
      output += block
      index += 1
    }
    return Array(output.prefix(byteCount))
  }

  /// The simplified map of Shallue, van de Woestijne and Ulas, with Z = -12 (RFC 9380, section 6.6.2).
  private static func map(_ u: BigUInt) -> Element {
    let z = field - 12
    let zu = z * (u * u % field) % field
    let denominator = (zu * zu + zu) % field
    let inverseOfA = (field - 3).inverse(field) ?? 0
    let x1 =
      if let inverse = denominator.inverse(field) {
        negative(b) * inverseOfA % field * (1 + inverse) % field
      } else {
        b * ((z * (field - 3) % field).inverse(field) ?? 0) % field
      }
    let x2 = zu * x1 % field
    let (x, root) = squareRoot(curve(x1)).map { (x1, $0) } ?? (x2, squareRoot(curve(x2)) ?? 0)
    return Element(x: x, y: root % 2 == u % 2 ? root : negative(root))
  }
}
