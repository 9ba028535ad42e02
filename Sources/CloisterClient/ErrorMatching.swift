public import ErrorCodes

/// Lets `catch ClientError.walletEmpty` catch the refusals of one code.
public func ~= (code: ErrorCode, error: any Error) -> Bool { (error as? any CodedError)?.code == code }
