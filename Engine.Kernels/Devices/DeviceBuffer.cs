namespace Engine.Kernels.Devices;

/// <summary>Memory of a device. Freed by <see cref="Dispose"/>; a forgotten one goes with its device.</summary>
public sealed unsafe class DeviceBuffer<T> : IDisposable
    where T : unmanaged
{
    private bool freed;

    internal DeviceBuffer(Device device, nint handle, long length)
    {
        (Device, Handle, Length) = (device, handle, length);
    }

    public Device Device { get; }

    /// <summary>Elements.</summary>
    public long Length { get; }

    public long Bytes => Length * sizeof(T);

    /// <summary>CUdeviceptr or cl_mem.</summary>
    internal nint Handle { get; }

    public static implicit operator KernelArgument(DeviceBuffer<T> buffer) => KernelArgument.Of(buffer);

    /// <summary>Copies to the device; returns when <paramref name="source"/> may be reused.</summary>
    public void Upload(ReadOnlySpan<T> source, long start = 0)
    {
        RequireRange(start, source.Length);
        fixed (T* p = source)
        {
            Device.Write(Handle, start * sizeof(T), p, (long)source.Length * sizeof(T));
        }
    }

    /// <summary>Waits for what was launched before and copies from the device.</summary>
    public void Download(Span<T> target, long start = 0)
    {
        RequireRange(start, target.Length);
        fixed (T* p = target)
        {
            Device.Read(Handle, start * sizeof(T), p, (long)target.Length * sizeof(T));
        }
    }

    /// <summary>All elements, see <see cref="Download"/>.</summary>
    public T[] ToArray()
    {
        var result = GC.AllocateUninitializedArray<T>(checked((int)Length));
        Download(result);
        return result;
    }

    /// <summary>Sets every byte to zero.</summary>
    public void Clear() => Device.Zero(Handle, Bytes);

    /// <summary>Copies all elements to a buffer of the same device that has room for them, on the device.</summary>
    public void CopyTo(DeviceBuffer<T> target)
    {
        if (target.Length < Length)
        {
            throw new ArgumentException($"a device buffer of {Length} elements cannot be copied to one of {target.Length}", nameof(target));
        }
        Device.Copy(Handle, target.Handle, Bytes);
    }

    public void Dispose()
    {
        if (!freed)
        {
            freed = true;
            Device.Free(Handle, Math.Max(1, Length) * sizeof(T));
        }
    }

    private void RequireRange(long start, int count)
    {
        ObjectDisposedException.ThrowIf(freed, this);
        if (start < 0 || start + count > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"elements {start} to {start + count} of a device buffer of {Length}");
        }
    }
}
