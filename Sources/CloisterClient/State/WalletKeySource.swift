public import Crypto

/// Keeps the one key that a wallet's files are sealed under: in the state's folder unless a platform's key store takes
/// its place.
public protocol WalletKeySource: Sendable {
  /// Nil where none was made yet.
  func existingKey() throws(ClientError) -> SymmetricKey?

  /// Makes a key of 256 bits and keeps it. The wallet calls this under its lock, and only while it holds no tokens.
  func makeKey() throws(ClientError) -> SymmetricKey
}

/// The key as a file of mode 0600 beside the wallet.
///
/// It protects copies of single wallet files, such as a backup that leaves this file out, and nothing else: whoever can
/// read the whole folder can open the wallet.
struct FolderWalletKey: WalletKeySource {
  let folder: StateFolder

  static let name = "wallet.key"
  static let byteCount = 32

  func existingKey() throws(ClientError) -> SymmetricKey? {
    guard let bytes = try folder.read(Self.name, byteLimit: 1_024) else { return nil }
    guard bytes.count == Self.byteCount else {
      throw ClientError(
        ClientError.stateDamaged, "wallet key has \(bytes.count) bytes, expected \(Self.byteCount)")
    }
    return SymmetricKey(data: bytes)
  }

  func makeKey() throws(ClientError) -> SymmetricKey {
    let key = SymmetricKey(size: .bits256)
    try folder.write(Self.name, key.withUnsafeBytes { Array($0) })
    return key
  }
}
