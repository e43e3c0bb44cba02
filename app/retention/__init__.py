"""保存期限: how long identity is kept, the preview, the hold, and the anonymisation that follows."""
