/** Scalar types by their range: whether a value can exceed any limit of an allocator (include/linux/types.h, include/uapi/linux/types.h; fs/xfs/libxfs/xfs_types.h). */

/** 64 bits wide, on 64-bit machines at least. */
export const WIDE_TYPES =
  /\b(size_t|ssize_t|loff_t|u64|s64|__u64|__le64|uint64_t|int64_t|sector_t|phys_addr_t|dma_addr_t|off_t|unsigned long|long|ulong|uintptr_t)\b/;

/** At most 32 bits. */
export const SMALL_TYPES =
  /\b(int|unsigned|u8|u16|u32|s8|s16|s32|__u8|__u16|__u32|uint|uint8_t|uint16_t|uint32_t|int32_t|short|char|bool|enum|blk_status_t|xfs_extlen_t|xfs_extnum_t|__le16|__le32|__be16|__be32)\b/;
