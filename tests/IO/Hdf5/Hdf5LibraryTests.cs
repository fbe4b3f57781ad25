using System.Buffers.Binary;
using Engine.IO.Hdf5;
using Xunit;

namespace Engine.Tests.IO.Hdf5;

public class Hdf5LibraryTests
{
    [SkippableFact]
    public void TheLogNamesPathAndVersion()
    {
        Skip.IfNot(Hdf5Library.TryLoad(out var log), log);
        Assert.Matches(@"hdf5.*, version 1\.\d+\.\d+$", log);
    }

    /// <summary>The definition, word by word, for lengths around the block of the vectorised loop and for odd ones.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8192)]
    [InlineData(8195)]
    [InlineData(50000)]
    public void TheChecksumFollowsItsDefinition(int length)
    {
        var data = new byte[length];
        foreach (var fill in (int[])[0, 255, -1])
        {
            if (fill < 0)
            {
                new Random(length).NextBytes(data);
            }
            else
            {
                Array.Fill(data, (byte)fill);
            }
            Assert.Equal(ByDefinition(data), Fletcher32.Compute(data));
        }
    }

    private static uint ByDefinition(byte[] data)
    {
        uint first = 0, second = 0;
        for (var i = 0; i < data.Length; i += 2)
        {
            var word = i + 1 < data.Length ? BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(i)) : (uint)data[i] << 8;
            first = Fold(first + word);
            second = Fold(second + first);
        }
        return (second << 16) | first;

        static uint Fold(uint sum) => (sum & 0xffff) + (sum >> 16);
    }
}
