import CloisterClient
import Foundation

/// A client process reduced to its wallet: claims one token after the other until none is left, and says each as it
/// would be sent, a line each. Tests run several of them at once, and kill some.
///
///     wallet-claimer STATE-FOLDER ISSUER-DAY ISSUER-NAME ORIGIN PLAN
@main
struct WalletClaimer {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 6, let day = UInt64(arguments[2]) else {
      fatalError("usage: wallet-claimer STATE-FOLDER ISSUER-DAY ISSUER-NAME ORIGIN PLAN")
    }
    let plan = TokenPlan(issuerName: arguments[3], origin: arguments[4], name: arguments[5])
    let wallet = try ClientState(path: arguments[1]).wallet
    do throws(ClientError) {
      while true {
        let authorization = try wallet.claim(goodOn: day, plan: plan).presented().authorization
        FileHandle.standardOutput.write(Data("\(authorization)\n".utf8))
      }
    } catch {
      guard error.code == ClientError.walletEmpty else { fatalError("\(error.code)") }
    }
  }
}
