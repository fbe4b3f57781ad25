using System.Buffers.Binary;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>
/// "mnist": grey images with classes 0 to 9 in idx files (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-…, plain or .gz): MNIST of Y. LeCun et al., Proc. IEEE 86, 2278 (1998),
/// Fashion-MNIST of H. Xiao et al., arXiv:1708.07747, and others of the format.
/// </summary>
public sealed record MnistData : ImageData
{
    private const int ImageMagic = 0x0803;
    private const int LabelMagic = 0x0801;
    private const int Classes = 10;

    internal override DataParts Read(DataFiles files, InputDefinition input, DataEncoding? learnt = null) => new(
        ReadPart(files, "train", "learn", TrainingCount, 1), TestCount == 0 ? null : ReadPart(files, "t10k", "test", TestCount, 0));

    private ImagePool ReadPart(DataFiles files, string prefix, string what, int? asked, int least)
    {
        var (pixels, sizes, imagePath) = ReadIdx(files, $"{prefix}-images-idx3-ubyte", ImageMagic);
        var (labels, labelSizes, labelPath) = ReadIdx(files, $"{prefix}-labels-idx1-ubyte", LabelMagic);
        if (sizes[0] != labelSizes[0])
        {
            throw new InputException($"{imagePath} has {sizes[0]} images, {labelPath} {labelSizes[0]} labels; expected as many of each");
        }
        var count = Chosen(what, asked, least, sizes[0]);
        if (Array.FindIndex(labels, 0, count, l => l >= Classes) is var wrong and >= 0)
        {
            throw new InputException($"{labelPath}: label {wrong} is {labels[wrong]}, expected 0 to {Classes - 1}");
        }
        return new(
            pixels[..(count * sizes[1] * sizes[2])], 1, sizes[1], sizes[2], PoolTargets.Of(Array.ConvertAll(labels[..count], l => (int)l), NumberNames(Classes)));
    }

    /// <summary>The elements of an idx file of bytes, and its sizes.</summary>
    private (byte[] Values, int[] Sizes, string Path) ReadIdx(DataFiles files, string name, int magic)
    {
        var path = System.IO.Path.Combine(Path, name);
        if (!File.Exists(files.Resolve(path)) && File.Exists(files.Resolve(path + ".gz")))
        {
            path += ".gz";
        }
        var (bytes, dimensions) = (files.Read(path), magic & 0xff);
        path = files.Resolve(path);
        var header = 4 + 4 * dimensions;
        if (bytes.Length < header)
        {
            throw new InputException($"{path}: {bytes.Length} bytes, expected a header of {header}; fetch the file again");
        }
        if (BinaryPrimitives.ReadInt32BigEndian(bytes) is var found && found != magic)
        {
            throw new InputException($"{path} begins with 0x{found:x8}, expected 0x{magic:x8} of an idx file of bytes in {dimensions} dimension{(dimensions > 1 ? "s" : "")}");
        }
        int[] sizes = [.. Enumerable.Range(1, dimensions).Select(k => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 * k)))];
        var expected = sizes.Aggregate((UInt128)1, (product, size) => product * (uint)size);
        if (Array.Exists(sizes, s => s < 1) || expected != (UInt128)(bytes.Length - header))
        {
            throw new InputException($"{path}: the header tells of {string.Join(" × ", sizes)} bytes, found {bytes.Length - header}; expected positive numbers, and as many bytes; fetch the file again");
        }
        return (bytes[header..], sizes, path);
    }
}
