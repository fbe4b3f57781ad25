using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.Core.Files;

/// <summary>
/// State that is saved and restored by one and the same walk over it: <c>sum = state.Value(sum)</c> stores the sum when writing and returns it, and
/// returns the stored one when reading. Bits as they are in memory, arrays with their length before them, no names.
/// </summary>
public sealed class StateStream
{
    private readonly Stream stream;

    /// <param name="stream">Where it is written to or read from.</param>
    /// <param name="reads">Whether it is read.</param>
    public StateStream(Stream stream, bool reads)
    {
        this.stream = stream;
        Reads = reads;
    }

    /// <summary>How much was written or read [bytes].</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether what is stored replaces what is there.</summary>
    public bool Reads { get; }

    /// <typeparam name="T">A number, or numbers without a gap between them, whose bits would be any.</typeparam>
    /// <exception cref="InputException">Reading, and nothing like it comes next; likewise below.</exception>
    public T Value<T>(T value)
        where T : unmanaged
    {
        Exchange(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>A cell.</summary>
    public Box Cell(Box box) => new(
        Value(box.LengthX), Value(box.LengthY), Value(box.LengthZ), Value(box.TiltXY), Value(box.TiltXZ), Value(box.TiltYZ), Value(box.Origin),
        Value(box.PeriodicX), Value(box.PeriodicY), Value(box.PeriodicZ));

    /// <summary>An array of any length.</summary>
    public T[] Values<T>(T[] array)
        where T : unmanaged
    {
        var length = Value(array.Length);
        if (Reads)
        {
            Require(length >= 0 && (long)length * Unsafe.SizeOf<T>() <= stream.Length - stream.Position);
            array = new T[length];
        }
        Exchange(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }

    /// <summary>A text of any length.</summary>
    public string Text(string text) => Encoding.UTF8.GetString(Values(Encoding.UTF8.GetBytes(text)));

    /// <summary>The items of a list, each by <paramref name="item"/>.</summary>
    /// <param name="list">Filled anew when reading.</param>
    /// <param name="blank">What an item that is read is called with.</param>
    /// <param name="item">Stores an item and returns it, or returns the stored one.</param>
    public void List<T>(List<T> list, T blank, Func<T, T> item)
    {
        var count = Value(list.Count);
        if (!Reads)
        {
            list.ForEach(i => item(i));
            return;
        }
        Require(count >= 0);
        list.Clear();
        for (var i = 0; i < count; i++)
        {
            list.Add(item(blank));
        }
    }

    /// <summary>Reading, that nothing is left.</summary>
    public void RequireEnd() => Require(stream.Position == stream.Length);

    private void Exchange(Span<byte> bytes)
    {
        Bytes += bytes.Length;
        if (Reads)
        {
            Require(stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length);
        }
        else
        {
            stream.Write(bytes);
        }
    }

    private static void Require(bool met)
    {
        if (!met)
        {
            throw new InputException("the checkpoint does not hold the measurements that it should; start the run anew with --overwrite");
        }
    }
}
