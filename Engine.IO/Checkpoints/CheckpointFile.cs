using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Core.Files;
using Engine.Core.Forces;
using Engine.Core.Simulations;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.IO.Checkpoints;

/// <summary>
/// A <see cref="SimulationState"/> on disk: magic "ENGINECP", version, length and text of a JSON header with the scalars, the arrays (length, then
/// elements, little endian) in the order of <see cref="Arrays"/>, the bytes of <see cref="SimulationState.Recording"/> likewise, and the SHA-256 of everything before. Written beside the old file, synced and renamed
/// over it: there is a whole checkpoint at any moment.
/// </summary>
public static class CheckpointFile
{
    private const int Version = 9;

    /// <summary>More than header, lengths and hash take.</summary>
    private const long HeaderRoom = 1 << 20;

    private static readonly byte[] Magic = "ENGINECP"u8.ToArray();

    private static readonly JsonSerializerOptions Options = new() { IncludeFields = true };

    private sealed record Header(
        string InputHash, string Device, int Stage, long StageStep, long Step, double StageStartTime, bool HasVelocities, double ThermostatEnergy, double KickLag,
        double[] Box, int Count, double Skin, double InnerSkin, long Age, long Lists, double[] BuiltBox, double[] PrunedBox, double MeltDisplacementBefore, double[] DeviceCell, int[] DeviceGrid);

    /// <summary>How long a <see cref="SimulationState.Recording"/> may be for the file to be one that can be read, at most 2 GiB [bytes].</summary>
    public static long RoomFor(SimulationState state) => int.MaxValue - HeaderRoom - Arrays(state).Sum(a => 4L + Buffer.ByteLength(a));

    /// <exception cref="RunFailedException">The disk is full or the folder gone; an older checkpoint is untouched.</exception>
    public static void Write(string path, SimulationState state) => WholeFile.Write(
        path, temporary => WriteTo(temporary, state), "free some space or choose another folder with --out, then go on with --resume");

    /// <exception cref="InputException">The file is missing, damaged or of another version.</exception>
    public static SimulationState Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"checkpoint {path} cannot be read ({error.Message}); start the run anew with --overwrite", error);
        }
        if (bytes.Length < Magic.Length + 8 + 32 || !bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new InputException($"{path} is not a checkpoint ({bytes.Length} bytes without its mark); start the run anew with --overwrite");
        }
        var content = bytes.AsSpan(0, bytes.Length - 32);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - 32)))
        {
            throw new InputException($"checkpoint {path} is damaged: its checksum does not fit its content; start the run anew with --overwrite");
        }
        const int position = 8;
        var version = BitConverter.ToInt32(content[position..]);
        if (version != Version)
        {
            throw new InputException($"checkpoint {path} has version {version}, expected {Version}; finish the run with the program that began it");
        }
        try
        {
            return Parse(bytes.AsMemory(position + 4, content.Length - position - 4));
        }
        catch (Exception error) when (error is JsonException or ArgumentException or IndexOutOfRangeException or OverflowException or NullReferenceException)
        {
            throw new InputException($"checkpoint {path} does not hold what its version should; start the run anew with --overwrite", error);
        }
    }

    private static void WriteTo(string path, SimulationState state)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            file.Write(bytes);
        }
        var header = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
            new Header(
                state.InputHash, state.Device, state.Stage, state.StageStep, state.Step, state.StageStartTime, state.HasVelocities, state.ThermostatEnergy,
                state.KickLag, Numbers(state.Box), state.Count, state.Forces.Skin, state.Forces.InnerSkin, state.Forces.Age, state.Forces.Lists, Numbers(state.Forces.Built.Box),
                Numbers(state.Forces.Pruned.Box),
                state.MeltDisplacementBefore, state.DeviceCell, state.DeviceGrid),
            Options));
        Put(Magic);
        Put(BitConverter.GetBytes(Version));
        Put(BitConverter.GetBytes(header.Length));
        Put(header);
        foreach (var array in Arrays(state))
        {
            Put(BitConverter.GetBytes(array.Length));
            Put(array switch
            {
                int[] integers => MemoryMarshal.AsBytes(integers.AsSpan()),
                _ => MemoryMarshal.AsBytes(((double[])array).AsSpan()),
            });
        }
        Put(BitConverter.GetBytes(state.Recording.Length));
        Put(state.Recording.Span);
        file.Write(hash.GetHashAndReset());
        file.Flush(flushToDisk: true);
    }

    private static SimulationState Parse(ReadOnlyMemory<byte> content)
    {
        var headerLength = BitConverter.ToInt32(content.Span);
        var header = JsonSerializer.Deserialize<Header>(content.Span.Slice(4, headerLength), Options)!;
        var rest = content[(4 + headerLength)..];

        T[] Next<T>()
            where T : unmanaged
        {
            var length = checked(BitConverter.ToInt32(rest.Span) * Unsafe.SizeOf<T>());
            var array = MemoryMarshal.Cast<byte, T>(rest.Span.Slice(4, length)).ToArray();
            rest = rest[(4 + length)..];
            return array;
        }

        var state = new SimulationState
        {
            InputHash = header.InputHash,
            Device = header.Device,
            Stage = header.Stage,
            StageStep = header.StageStep,
            Step = header.Step,
            StageStartTime = header.StageStartTime,
            HasVelocities = header.HasVelocities,
            ThermostatEnergy = header.ThermostatEnergy,
            KickLag = header.KickLag,
            Box = FromNumbers(header.Box),
            Count = header.Count,
            MeltDisplacementBefore = header.MeltDisplacementBefore,
            DeviceGrid = header.DeviceGrid is { Length: 0 or 4 } grid && grid.All(n => n > 0) ? grid : throw new ArgumentException("a device's grid has four numbers, each above 0"),
            DeviceCell = header.DeviceCell is { Length: 0 or 6 } cell ? cell : throw new ArgumentException("a device's cell has six numbers"),
            Id = Next<int>(),
            ClusterSpecies = Next<int>(),
            ImageX = Next<int>(),
            ImageY = Next<int>(),
            ImageZ = Next<int>(),
            X = Next<double>(),
            Y = Next<double>(),
            Z = Next<double>(),
            VX = Next<double>(),
            VY = Next<double>(),
            VZ = Next<double>(),
            MeltReference = Next<double>(),
            Forces = new ForceFieldState(header.Skin, header.InnerSkin, header.Age, header.Lists,
                new(FromNumbers(header.BuiltBox), Next<double>(), Next<double>(), Next<double>()),
                new(FromNumbers(header.PrunedBox), Next<double>(), Next<double>(), Next<double>())),
            Recording = Next<byte>(),
        };
        return rest.IsEmpty ? state : throw new ArgumentException("something follows the last array");
    }

    /// <summary>All arrays in their order in the file: integers, then doubles.</summary>
    private static Array[] Arrays(SimulationState s) =>
    [
        s.Id, s.ClusterSpecies, s.ImageX, s.ImageY, s.ImageZ,
        s.X, s.Y, s.Z, s.VX, s.VY, s.VZ, s.MeltReference, s.Forces.Built.X, s.Forces.Built.Y, s.Forces.Built.Z,
        s.Forces.Pruned.X, s.Forces.Pruned.Y, s.Forces.Pruned.Z,
    ];

    private static double[] Numbers(Box b) =>
    [
        b.LengthX, b.LengthY, b.LengthZ, b.TiltXY, b.TiltXZ, b.TiltYZ, b.Origin.X, b.Origin.Y, b.Origin.Z,
        b.PeriodicX ? 1 : 0, b.PeriodicY ? 1 : 0, b.PeriodicZ ? 1 : 0,
    ];

    private static Box FromNumbers(double[] n) =>
        new(n[0], n[1], n[2], n[3], n[4], n[5], new(n[6], n[7], n[8]), n[9] != 0, n[10] != 0, n[11] != 0);
}
