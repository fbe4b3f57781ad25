using System.Runtime.InteropServices;
using System.Text;
using static Engine.Learn.Torch.TorchLibrary;

namespace Engine.Learn.Torch;

/// <summary>An ATen operator by the name and overload of its schema; found when it is first called.</summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int StackBytes = 1024;

    private nint handle;

    /// <summary>Calls an operator with one result. Arguments are in the schema's order; those left out at the end have their defaults.</summary>
    public Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeArgument result;
        Call(arguments, &result, 1);
        return new(result.Pointer);
    }

    /// <summary>Calls an operator with any number of results up to <paramref name="capacity"/>; lists of tensors come flat.</summary>
    public Tensor[] CallMany(int capacity, params ReadOnlySpan<Argument> arguments)
    {
        var results = new NativeArgument[capacity];
        fixed (NativeArgument* p = results)
        {
            var tensors = new Tensor[Call(arguments, p, capacity)];
            for (var k = 0; k < tensors.Length; k++)
            {
                tensors[k] = new(p[k].Pointer);
            }
            return tensors;
        }
    }

    private int Call(ReadOnlySpan<Argument> arguments, NativeArgument* results, int capacity)
    {
        if (handle == 0)
        {
            handle = Check(torch_operator(name, overload), name);
        }
        var bytes = 0;
        foreach (ref readonly var argument in arguments)
        {
            bytes += BytesOf(argument);
        }
        var native = stackalloc NativeArgument[arguments.Length];
        var onStack = stackalloc byte[bytes <= StackBytes ? bytes : 0];
        var scratch = bytes <= StackBytes ? onStack : (byte*)NativeMemory.Alloc((nuint)bytes);
        try
        {
            var next = scratch;
            for (var k = 0; k < arguments.Length; k++)
            {
                native[k] = Lay(arguments[k], ref next);
            }
            return Check(torch_call(handle, native, arguments.Length, results, capacity), name);
        }
        finally
        {
            if (bytes > StackBytes)
            {
                NativeMemory.Free(scratch);
            }
            // A tensor that nobody else holds must live until the call is over.
            foreach (ref readonly var argument in arguments)
            {
                GC.KeepAlive(argument.Reference);
            }
        }
    }

    private static int BytesOf(in Argument argument) => argument.Reference switch
    {
        Array list => 8 * list.Length,
        string text => (Encoding.UTF8.GetByteCount(text) + 7) / 8 * 8,
        _ => 0,
    };

    private static NativeArgument Lay(in Argument argument, ref byte* next)
    {
        var native = new NativeArgument
        {
            Tag = argument.Tag,
            Integer = argument.Bits,
        };
        switch (argument.Reference)
        {
            case Tensor tensor:
                native.Pointer = tensor.Handle;
                break;
            case Tensor?[] tensors:
                for (var k = 0; k < tensors.Length; k++)
                {
                    ((nint*)next)[k] = tensors[k]?.Handle ?? 0;
                }
                Advance(ref native, tensors.Length, 8 * tensors.Length, ref next);
                break;
            case long[] integers:
                integers.CopyTo(new Span<long>(next, integers.Length));
                Advance(ref native, integers.Length, 8 * integers.Length, ref next);
                break;
            case string text:
                var count = Encoding.UTF8.GetBytes(text, new Span<byte>(next, Encoding.UTF8.GetByteCount(text)));
                Advance(ref native, count, (count + 7) / 8 * 8, ref next);
                break;
            default:
                break;
        }
        return native;
    }

    private static void Advance(ref NativeArgument native, int count, int bytes, ref byte* next)
    {
        native.Count = count;
        native.Pointer = (nint)next;
        next += bytes;
    }
}
