import Glibc

/// The raw message exchange of the Nitro Security Module's driver (Linux, include/uapi/linux/nsm.h). It never ran on a
/// Nitro enclave of ours; nothing but this file talks to the device.
public enum NitroDevice {
  public static let defaultPath = "/dev/nsm"
  package static let requestByteLimit = 0x1000
  package static let responseByteLimit = 0x3000
  /// `_IOWR(0x0A, 0, struct nsm_raw)`.
  package static let exchangeRequest: UInt = 0xC020_0A00

  /// `struct nsm_raw`: two times address and length, of request and response.
  package struct Message: Sendable {
    package var requestAddress: UInt64
    package var requestByteCount: UInt64
    package var responseAddress: UInt64
    /// The room there is, and afterwards how much of it was filled.
    package var responseByteCount: UInt64
  }

  static func exchange(_ request: [UInt8], path: String) throws(HardwareTEEError) -> [UInt8] {
    guard request.count <= requestByteLimit else {
      throw HardwareTEEError(HardwareTEEError.requestLength, "request has \(request.count) bytes")
    }
    var response = [UInt8](repeating: 0, count: responseByteLimit)
    let byteCount: Int
    do throws(FileOperations.Failure) {
      let descriptor = try FileOperations.check { open(path, O_RDWR | O_CLOEXEC) }
      defer { _ = close(descriptor) }
      let sent = request.withUnsafeBytes { request in
        response.withUnsafeMutableBytes { send(request, $0, descriptor) }
      }
      byteCount = try sent.get()
    } catch {
      // A file that knows no such request is no such device.
      if error.number == ENOTTY {
        throw HardwareTEEError(HardwareTEEError.providerUnexpected, "file is no Nitro Security Module")
      }
      throw HardwareTEEError(error, "Nitro Security Module")
    }
    guard (0...responseByteLimit).contains(byteCount) else {
      throw HardwareTEEError(HardwareTEEError.responseMalformed, "answer has \(byteCount) bytes")
    }
    return Array(response.prefix(byteCount))
  }

  private static func send(
    _ request: UnsafeRawBufferPointer, _ response: UnsafeMutableRawBufferPointer, _ descriptor: CInt
  ) -> Result<Int, FileOperations.Failure> {
    var message = Message(
      requestAddress: UInt64(UInt(bitPattern: request.baseAddress)), requestByteCount: UInt64(request.count),
      responseAddress: UInt64(UInt(bitPattern: response.baseAddress)), responseByteCount: UInt64(response.count))
    do throws(FileOperations.Failure) {
      _ = try FileOperations.check { ioctl(descriptor, exchangeRequest, &message) }
      return .success(Int(clamping: message.responseByteCount))
    } catch {
      return .failure(error)
    }
  }
}
